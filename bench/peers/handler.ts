/** The handler with the original in memory, in a process of its own. */
import { fromMemory, handlerDeps, request } from '../subject.ts';
import { takeTurns } from './turn.mjs';

takeTurns(async (bytes, { size }) => {
  const answer = await request(handlerDeps(fromMemory(bytes)), `d=${size}`);
  return Buffer.from(JSON.stringify(answer));
});
