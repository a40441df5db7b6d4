/**
 * What a worker may say of one job, in bytes of its message. A job holds it all, and must stay one message to every
 * client (1 MiB) and on NATS (1 MB by default), with its timeline and options beside it.
 */
export const MAX_REPORT_BYTES = 768 * 1024;
