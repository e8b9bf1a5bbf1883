/** Builds both kinds of the viewer function, index.js and signed.js, into `outdir`. */
export function buildViewer(outdir: string): Promise<void>;
