/** Builds the handler for the edge, index.js and sharp.js, and LICENSES.txt into the folder `outdir`. */
export function buildHandler(outdir: string): Promise<void>;
