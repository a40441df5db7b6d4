const PATIENCE_MS = 30_000;

/** A run in which something still holds the process after its last test, as a failed one may, says what it is and ends as failed. */
export const mochaHooks = {
  afterAll() {
    const timer = setTimeout(() => {
      console.error(`The tests are over, and the process is still held by: ${process.getActiveResourcesInfo().join(", ")}`);
      process.exit(process.exitCode || 1);
    }, PATIENCE_MS);
    timer.unref();
  },
};
