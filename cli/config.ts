import path from "node:path";

/** What a process is told by its environment. */
export interface ServeConfig {
  readonly dataDirectory: string;
  readonly host: string;
  readonly httpPort: number;
  readonly grpcPort: number;
  readonly slots: number;
  readonly memoryBytes: number;
}

/** Throws with the variable's name and what it takes. */
export function readServeConfig(env: NodeJS.ProcessEnv): ServeConfig {
  return {
    dataDirectory: path.resolve(env["DRAGOMAN_DATA"] ?? "data"),
    host: "127.0.0.1",
    httpPort: integer(env, "DRAGOMAN_HTTP_PORT", 8080, 0, 65_535),
    grpcPort: integer(env, "DRAGOMAN_GRPC_PORT", 8081, 0, 65_535),
    slots: integer(env, "DRAGOMAN_SLOTS", 1, 1, 64),
    memoryBytes: integer(env, "DRAGOMAN_JOB_MEMORY_MB", 3072, 256, 1_048_576) * 1024 * 1024,
  };
}

function integer(env: NodeJS.ProcessEnv, name: string, otherwise: number, min: number, max: number): number {
  const text = env[name];
  if (text === undefined || text === "") return otherwise;
  const value = Number(text);
  if (!Number.isInteger(value) || value < min || value > max) throw new Error(`${name} takes a whole number from ${min} to ${max}.`);
  return value;
}
