export function takeTurns(
  make: (bytes: Buffer, asked: { size: string; format: string; quality?: number }) => Promise<{ length: number }>,
): void;
