import type { DescService } from "@bufbuild/protobuf";
import type { CallContext, DuplexStream, Handlers } from "../../platform/grpc/server.ts";
import type { Scope } from "../policy/scopes.ts";
import type { Store } from "../store/store.ts";
import { authenticate, type Principal } from "./keys.ts";
import type { LastingCalls } from "./lasting_calls.ts";

/** What a handler knows of its call once its key was looked at. */
export interface GuardedContext extends CallContext {
  readonly principal: Principal;
  /** The method's. */
  readonly scope: Scope;
}

/** The scope that each method of a service needs: who has none of these is told so before anything is looked up. */
export type Requires<S extends DescService> = { readonly [K in keyof S["method"]]: Scope };

export interface Gate {
  readonly store: Store;
  readonly lasting: Pick<LastingCalls, "hold">;
}

// biome-ignore lint/suspicious/noExplicitAny: `guarded` pairs each method with its typed handler.
type AnyHandler = any;

/**
 * Handlers that know who calls. Each call is authenticated, whoever proxied it, and refused without the method's scope; a stream ends
 * with its key, within a second. Throws UNAUTHENTICATED and PERMISSION_DENIED.
 */
export function guarded<S extends DescService>(
  service: S,
  { store, lasting }: Gate,
  requires: Requires<S>,
  handlers: Handlers<S, GuardedContext>,
): Handlers<S> {
  const enter = async (context: CallContext, scope: Scope): Promise<GuardedContext> => ({
    ...context,
    scope,
    principal: await authenticate(store, context.authorization, scope),
  });
  const guardedHandlers: Record<string, AnyHandler> = {};
  for (const method of service.methods) {
    const name = method.localName as keyof S["method"] & string;
    const scope = requires[name];
    const handler: AnyHandler = handlers[name];
    guardedHandlers[name] = {
      unary: async (request: object, context: CallContext) => handler(request, await enter(context, scope)),
      async *server_streaming(request: object, context: CallContext) {
        const entered = await enter(context, scope);
        using _ = lasting.hold({ authorization: context.authorization, scope, refuse: context.refuse });
        yield* handler(request, entered);
      },
      async bidi_streaming(stream: DuplexStream<object, object>, context: CallContext) {
        const entered = await enter(context, scope);
        using _ = lasting.hold({ authorization: context.authorization, scope, refuse: stream.end });
        await handler(stream, entered);
      },
      client_streaming: undefined,
    }[method.methodKind];
  }
  return guardedHandlers as Handlers<S>;
}
