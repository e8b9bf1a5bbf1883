/** All benchmarks, one after the other. Ends with 1 when one breaks its budget. */
import { benchCold, benchWarm } from './handler.ts';
import { benchStart } from './start.ts';

const kept = [await benchStart(), await benchCold(), await benchWarm()];
process.exitCode = kept.every(Boolean) ? 0 : 1;
