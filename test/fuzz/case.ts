/** One request of the fuzzer: who asks for what, where, of which original. */
import fc from 'fast-check';
import type { EventParts } from '../builders/event.ts';
import { INSTALLATION_NAMES } from './installations.ts';
import { type Mutation, mutations } from './mutations.ts';
import { requests } from './requests.ts';
import { type Reply, replies } from './s3.ts';

export interface Case {
  /** Name of an installation. */
  at: string;
  trigger: 'origin-response' | 'origin-request';
  /** The viewer function stands before it. */
  viewed: boolean;
  accept: string;
  request: EventParts;
  /** Which of the starting originals it is, and what was done to it. */
  original: number;
  mutations: Mutation[];
  /** One of the files that unpack to much, in place of it. */
  bomb?: number | undefined;
  reply: Reply;
  /** Milliseconds that the function has. */
  timeoutMs: number;
  /** Of the function, in MB: what it decides by. */
  memoryMb: number;
}

/** Time that is enough: who takes longer has failed. */
export const ENOUGH_MS = 15_000;

/** @param bombEvery one case in so many has a bomb; 0: none */
export function cases(bombEvery: number): fc.Arbitrary<Case> {
  const none = { weight: Math.max(1, bombEvery), arbitrary: fc.constant(undefined) };
  const bomb = bombEvery === 0 ? none.arbitrary : fc.oneof(none, fc.nat(100));
  return fc.record({
    at: fc.constantFrom(...INSTALLATION_NAMES, ...Array(5).fill('everything')),
    trigger: fc.constantFrom('origin-response', 'origin-response', 'origin-request'),
    viewed: fc.boolean(),
    accept: fc.constantFrom('', 'image/avif,image/webp,*/*;q=0.8', 'image/webp', 'image/webp;q=0, image/*', '\xff,;q'),
    request: requests,
    original: fc.nat(1000),
    mutations,
    bomb,
    reply: replies,
    timeoutMs: fc.constantFrom(...Array(30).fill(ENOUGH_MS), 60, 250, 1000),
    memoryMb: fc.constantFrom(...Array(6).fill(1024), 512, 128),
  });
}

/** A stall is waited for, so it is only for those who have little time. */
export function settled(one: Case): Case {
  if (one.reply.manner !== 'stall') return one;
  return { ...one, timeoutMs: Math.min(one.timeoutMs, 60) };
}
