/** What a tenant may be called: it becomes part of artefact keys and of NATS subjects. */
export const TENANT_NAME = /^[A-Za-z0-9_-]{1,64}$/;
