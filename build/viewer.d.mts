/** Builds each kind of the viewer function into `outdir`: index.js, signed.js, and both with `-others`. */
export function buildViewer(outdir: string): Promise<void>;
