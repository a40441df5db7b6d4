/** A command line or an environment that nothing can be made of; its message is for whoever wrote it. */
export class UsageError extends Error {}
