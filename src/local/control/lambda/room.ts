/** What Lambda keeps, and how its handlers reach it. */
import type { CreateFunctionRequest } from '@aws-sdk/client-lambda';
import type { Table } from '../../store.ts';
import type { World } from '../../world.ts';
import { type Refuse, refuserOf } from '../refusal.ts';
import { type FunctionName, functionArn, notFound } from './names.ts';
import type { LambdaRefusal } from './rules.ts';

/** Settings of a version, in the shape of the API, defaults filled in. */
export type FunctionSettings = Pick<
  CreateFunctionRequest,
  'KMSKeyArn' | 'VpcConfig' | 'DeadLetterConfig' | 'Layers' | 'FileSystemConfigs' | 'SnapStart'
> & {
  Role: string;
  Runtime: NonNullable<CreateFunctionRequest['Runtime']>;
  Handler: string;
  Description: string;
  /** Seconds */
  Timeout: number;
  /** MB */
  MemorySize: number;
  Environment: Record<string, string>;
  Architectures: NonNullable<CreateFunctionRequest['Architectures']>;
  LoggingConfig: NonNullable<CreateFunctionRequest['LoggingConfig']>;
  TracingConfig: NonNullable<CreateFunctionRequest['TracingConfig']>;
  EphemeralStorage: NonNullable<CreateFunctionRequest['EphemeralStorage']>;
};

export interface Code {
  /** Blob of the zip in the store. */
  blob: string;
  /** Base64. */
  sha256: string;
  /** Bytes of the zip, and of what it unpacks to. */
  size: number;
  unzippedSize: number;
}

/** $LATEST or a published version. */
export interface VersionRow {
  region: string;
  name: string;
  version: string;
  settings: FunctionSettings;
  code: Code;
  revisionId: string;
  /** Milliseconds since 1970. */
  createdAt: number;
  /** Start of the last update of $LATEST. */
  updatedAt?: number;
  /** Published versions: what $LATEST was when this was published, to see whether it changed since. */
  basis?: string;
}

export interface FunctionRow {
  region: string;
  name: string;
  tags: Record<string, string>;
}

export interface ReplicaRow {
  distributions: string[];
  /** When the last distribution let go of the version. */
  releasedAt?: number;
}

export interface LambdaRoom {
  world: World;
  refuse: Refuse<LambdaRefusal>;
  /** By REGION/NAME. */
  functions: Table<FunctionRow>;
  /** By REGION/NAME/VERSION. */
  versions: Table<VersionRow>;
  /** Last number given to a version, by REGION/NAME. Outlives the function: numbers are never reused (AWS-FACTS 10). */
  numbers: Table<number>;
  /** By the ARN of a version. */
  replicas: Table<ReplicaRow>;
}

export function createRoom(world: World): LambdaRoom {
  return {
    world,
    refuse: refuserOf<LambdaRefusal>(world),
    functions: world.store.table('lambda.functions'),
    versions: world.store.table('lambda.versions'),
    numbers: world.store.table('lambda.numbers'),
    replicas: world.store.table('lambda.replicas'),
  };
}

export const LATEST = '$LATEST';

export function functionKey({ region, name }: Pick<FunctionName, 'region' | 'name'>): string {
  return `${region}/${name}`;
}

export function saveVersion(room: LambdaRoom, row: VersionRow): VersionRow {
  room.versions.set(`${functionKey(row)}/${row.version}`, row);
  return row;
}

/** @throws ResourceNotFoundException */
export function findFunction(room: LambdaRoom, named: FunctionName): FunctionRow {
  const row = room.functions.get(functionKey(named));
  if (!row) throw notFound(functionArn(room.world.account, named.region, named.name, named.qualifier));
  return row;
}

/** The version that is named, else $LATEST. @throws ResourceNotFoundException */
export function findVersion(room: LambdaRoom, named: FunctionName): VersionRow {
  const row = room.versions.get(`${functionKey(named)}/${named.qualifier ?? LATEST}`);
  if (!row) throw notFound(functionArn(room.world.account, named.region, named.name, named.qualifier));
  return row;
}

/** $LATEST and the published versions of a function, oldest first. */
export function versionsOf(room: LambdaRoom, named: Pick<FunctionName, 'region' | 'name'>): VersionRow[] {
  const order = (row: VersionRow) => (row.version === LATEST ? 0 : Number(row.version));
  return room.versions
    .values()
    .filter((row) => row.region === named.region && row.name === named.name)
    .sort((a, b) => order(a) - order(b));
}
