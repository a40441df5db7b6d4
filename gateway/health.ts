import { create, type DescService } from "@bufbuild/protobuf";
import { Code, ConnectError, type ConnectRouter } from "@connectrpc/connect";
import {
  Health,
  HealthCheckResponse_ServingStatus,
  HealthCheckResponseSchema,
  HealthListResponseSchema,
} from "../gen/health/v1/health_pb.ts";

const { SERVING, NOT_SERVING } = HealthCheckResponse_ServingStatus;

/** The standard grpc.health.v1.Health of a gateway, as load balancers ask it: whether it takes new requests. */
export class GatewayHealth {
  readonly #stopping = new AbortController();
  readonly #names: readonly string[];

  /** Answers for the gateway under "", and for each of `services` under its name. */
  constructor(services: readonly DescService[]) {
    this.#names = ["", ...services.map(({ typeName }) => typeName)];
  }

  /** From now on it answers NOT_SERVING, to those that watch as well. */
  stopServing(): void {
    this.#stopping.abort();
  }

  addTo(router: ConnectRouter): void {
    const status = () => create(HealthCheckResponseSchema, { status: this.#stopping.signal.aborted ? NOT_SERVING : SERVING });
    const known = (service: string) => {
      if (!this.#names.includes(service)) throw new ConnectError("unknown service", Code.NotFound);
    };
    const stopping = this.#stopping.signal;
    router.service(Health, {
      check: ({ service }) => {
        known(service);
        return status();
      },
      list: () => create(HealthListResponseSchema, { statuses: Object.fromEntries(this.#names.map((name) => [name, status()])) }),
      async *watch({ service }, { signal }) {
        known(service);
        yield status();
        if (stopping.aborted) return;
        await new Promise<void>((resolve) => {
          for (const end of [stopping, signal]) end.addEventListener("abort", () => resolve(), { once: true });
        });
        if (!signal.aborted) yield status();
      },
    });
  }
}
