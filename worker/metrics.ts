import { metrics } from "@opentelemetry/api";

/** What a worker has in hand. */
export interface WorkerLoad {
  readonly slots: number;
  readonly held: number;
  /** Child processes that translate, and their resident memory in bytes. */
  readonly children: number;
  readonly childMemoryBytes: number;
}

export function observeWorker(load: () => WorkerLoad): void {
  const meter = metrics.getMeter("dragoman");
  const slots = meter.createObservableGauge("dragoman.worker.slots", { description: "This worker's slots." });
  const children = meter.createObservableGauge("dragoman.worker.children", { description: "Child processes that translate a document." });
  const memory = meter.createObservableGauge("dragoman.worker.children.memory", { unit: "By", description: "Their resident memory." });
  meter.addBatchObservableCallback(
    (result) => {
      const now = load();
      const taken = Math.min(now.slots, now.held);
      result.observe(slots, taken, { use: "taken" });
      result.observe(slots, now.slots - taken, { use: "free" });
      result.observe(children, now.children);
      result.observe(memory, now.childMemoryBytes);
    },
    [slots, children, memory],
  );
}
