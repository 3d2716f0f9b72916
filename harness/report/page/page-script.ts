/** The one script of a report's page. It sets out from a page that is whole without it, and asks for nothing. */
import { sortScript } from './sort-script.ts';

export const pageScript = `(() => {
'use strict';
${sortScript}
})();`;
