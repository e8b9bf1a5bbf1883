/** Temporary credentials. */
import { type IamState, newKeyId, newSecret, newToken, type RoleRow, type SessionRow } from './state.ts';

/** Milliseconds for which expired sessions are kept, so that their users hear that they expired and not that they never were. */
const KEPT_EXPIRED_MS = 3_600_000;

/** @param seconds how long the credentials live */
export function openSession(
  { world, sessions }: IamState,
  role: RoleRow,
  sessionName: string,
  seconds: number,
): SessionRow {
  const now = world.now();
  for (const [id, session] of sessions.entries()) {
    if (session.expiresAt + KEPT_EXPIRED_MS < now) sessions.delete(id);
  }
  const session: SessionRow = {
    accessKeyId: newKeyId('ASIA'),
    secret: newSecret(),
    token: newToken(),
    expiresAt: now + seconds * 1000,
    roleName: role.name,
    roleArn: role.arn,
    userId: `${role.id}:${sessionName}`,
    arn: `arn:aws:sts::${world.account}:assumed-role/${role.name}/${sessionName}`,
  };
  sessions.set(session.accessKeyId, session);
  return session;
}
