/** A translation engine as the deployment configures it. */
export interface EngineConfig {
  /** What jobs call it. */
  readonly name: string;
  /** Without its key; its scheme says which driver it has. */
  readonly url: URL;
  /** Empty where it needs none. */
  readonly key: string;
}
