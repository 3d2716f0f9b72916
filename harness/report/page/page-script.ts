/** The one script of a report's page. It sets out from a page that is whole without it, and asks for nothing. */
import { chartScript } from './chart-script.ts';
import { sortScript } from './sort-script.ts';
import { tipScript } from './tip-script.ts';

export const pageScript = `(() => {
'use strict';
${[sortScript, chartScript, tipScript].join('')}})();`;
