/** What IAM keeps, and the names and ids it gives. */
import { createHash, randomBytes } from 'node:crypto';
import type { Tag } from '@aws-sdk/client-iam';
import { AwsError } from '../../wire/service.ts';
import type { World } from '../../world.ts';
import { type Refuse, refuserOf } from '../refusal.ts';
import type { IamRefusal } from './refusals.ts';

/** What roles and users share. */
export interface Entity {
  name: string;
  path: string;
  /** AROA… or AIDA… */
  id: string;
  arn: string;
  /** Milliseconds since 1970. */
  createdAt: number;
  tags: Tag[];
  /** Inline policies: texts by name. */
  inline: Record<string, string>;
  /** ARNs of attached policies. */
  attached: string[];
}

export interface RoleRow extends Entity {
  /** The trust policy, as it was given. */
  trust: string;
  description?: string;
  /** Seconds. */
  maxSessionDuration: number;
}

export type UserRow = Entity;

export interface KeyRow {
  id: string;
  secret: string;
  userName: string;
  /** Milliseconds since 1970. */
  createdAt: number;
}

/** Temporary credentials that AssumeRole, or a service, got. */
export interface SessionRow {
  accessKeyId: string;
  secret: string;
  token: string;
  /** Milliseconds since 1970. */
  expiresAt: number;
  roleName: string;
  roleArn: string;
  /** AROA…:session */
  userId: string;
  /** arn:aws:sts::A:assumed-role/ROLE/SESSION */
  arn: string;
}

export interface PolicyRow {
  name: string;
  path: string;
  id: string;
  arn: string;
  /** Milliseconds since 1970. */
  createdAt: number;
  document: string;
  description?: string;
  tags: Tag[];
}

export type IamState = ReturnType<typeof iamState>;

export function iamState(world: World) {
  const refuse: Refuse<IamRefusal> = refuserOf<IamRefusal>(world);
  return {
    world,
    refuse,
    roles: world.store.table<RoleRow>('iam.roles'),
    users: world.store.table<UserRow>('iam.users'),
    keys: world.store.table<KeyRow>('iam.access-keys'),
    sessions: world.store.table<SessionRow>('iam.sessions'),
    policies: world.store.table<PolicyRow>('iam.policies'),
  };
}

export function roleNamed({ roles }: IamState, name: string | undefined): RoleRow {
  return roles.get(name ?? '') ?? noSuchEntity(`The role with name ${name} cannot be found.`);
}

export function userNamed({ users }: IamState, name: string | undefined): UserRow {
  return users.get(name ?? '') ?? noSuchEntity(`The user with name ${name} cannot be found.`);
}

export function noSuchEntity(message: string): never {
  throw new AwsError('NoSuchEntity', message);
}

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

const base32 = (bytes: Uint8Array, length: number): string =>
  [...bytes.subarray(0, length)].map((byte) => BASE32[byte % 32]).join('');

/** IAM's unique id, another for each life of a name: a role that is deleted and made again is somebody else. */
export const uniqueId = (prefix: 'AROA' | 'AIDA' | 'ANPA', arn: string, createdAt: number): string =>
  prefix + base32(createHash('sha256').update(`${arn} ${createdAt}`).digest(), 17);

export const newKeyId = (prefix: 'AKIA' | 'ASIA'): string => prefix + base32(randomBytes(16), 16);
export const newSecret = (): string => randomBytes(30).toString('base64');
export const newToken = (): string => randomBytes(192).toString('base64');

/** How IAM gives policy documents: percent-encoded (RFC 3986). */
export const encodeDocument = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
