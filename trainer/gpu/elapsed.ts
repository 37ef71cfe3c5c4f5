/**
 * Seconds that the GPU takes for what is submitted, the wait included.
 *
 * In Deno the call that asks for the end blocks until the queue is idle, and its promise resolves 10 ms later: there the
 * time of the call is taken.
 *
 * @param submit puts work into the queue, which must be empty
 */
export async function elapsed({ queue }: GPUDevice, submit: () => void): Promise<number> {
  const start = performance.now();
  submit();
  const idle = queue.onSubmittedWorkDone();
  const blocked = performance.now() - start;
  await idle;
  const waited = performance.now() - start;
  return (waited - blocked < 20 ? blocked : waited) / 1000;
}
