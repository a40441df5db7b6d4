import { monitorEventLoopDelay } from "node:perf_hooks";
import { metrics } from "@opentelemetry/api";

/** How late the event loop is: what a process of ours dies of first. Longest delay since the last look. */
export function observeRuntime(): void {
  const meter = metrics.getMeter("dragoman");
  const lag = meter.createObservableGauge("dragoman.event_loop.lag", {
    unit: "s",
    description: "Longest delay of the event loop since the last look.",
  });
  const memory = meter.createObservableGauge("dragoman.process.memory", { unit: "By", description: "Resident memory of the process." });
  const delay = monitorEventLoopDelay({ resolution: 20 });
  let on = false;
  meter.addBatchObservableCallback(
    (result) => {
      if (!on) delay.enable();
      on = true;
      result.observe(lag, delay.max / 1e9);
      delay.reset();
      result.observe(memory, process.memoryUsage.rss());
    },
    [lag, memory],
  );
}
