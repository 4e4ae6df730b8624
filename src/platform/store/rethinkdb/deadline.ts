/** A query, or a connection attempt, that did not answer in time: its outcome is unknown. */
export class DeadlineExceeded extends Error {
  constructor(milliseconds: number) {
    super(`no answer from the database within ${milliseconds} ms`);
    this.name = 'DeadlineExceeded';
  }
}

/** `task`, or DeadlineExceeded after `milliseconds`; what the task does later is ignored. */
export async function withDeadline<T>(task: Promise<T>, milliseconds: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new DeadlineExceeded(milliseconds)), milliseconds);
  });
  try {
    return await Promise.race([task, expired]);
  } finally {
    clearTimeout(timer);
  }
}
