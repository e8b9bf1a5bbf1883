import type { FunctionSettings, FunctionVersion, LambdaFunction } from '../../core/state.ts';

export interface NewFunction extends FunctionSettings {
  name: string;
  description: string;
  zip: Uint8Array;
  tags: Record<string, string>;
}

/**
 * Lambda in us-east-1. Changing calls throw `Refused`: `busy` while an earlier change is in progress,
 * `role-not-ready` while the role cannot be assumed.
 */
export interface LambdaPort {
  getFunction(name: string): Promise<LambdaFunction | undefined>;
  /** State of one version; `$LATEST` when none is named. */
  getVersion(name: string, version?: string): Promise<FunctionVersion>;
  /** Numbered versions, newest first; none when there is no function. */
  listVersions(name: string): Promise<FunctionVersion[]>;
  createFunction(fn: NewFunction): Promise<FunctionVersion>;
  updateCode(name: string, zip: Uint8Array): Promise<void>;
  updateSettings(name: string, settings: FunctionSettings): Promise<void>;
  /** Publishes $LATEST, refusing when its code is not `codeSha256`. AWS gives the last version again when nothing changed. */
  publish(name: string, codeSha256: string): Promise<FunctionVersion>;
  tagFunction(arn: string, tags: Record<string, string>): Promise<void>;
}
