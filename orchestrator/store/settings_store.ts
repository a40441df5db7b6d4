/** What each tenant has set for its jobs. */
export interface SettingsStore {
  /** As it was saved last; undefined if it never was. */
  settings(tenantId: string): Promise<Uint8Array | undefined>;
  saveSettings(tenantId: string, content: Uint8Array): Promise<void>;
}
