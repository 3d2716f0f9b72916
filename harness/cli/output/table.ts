/** Numbers and tables as the commands print them. */
export { formatDuration, formatNumber, formatTable, type Cell } from '../../text/index.ts';
