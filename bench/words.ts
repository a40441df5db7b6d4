/** Of the texts that are measured: put together they make sentences enough. */
export const SUBJECTS = ["The library", "The old garden", "The village school", "The market hall", "The small museum", "The town house"];
export const VERBS = ["opens", "closes", "is cleaned", "is shown to visitors", "receives its guests", "changes its windows"];
export const TIMES = [
  "at nine in the morning",
  "every second Monday",
  "before the first snow",
  "after the long summer",
  "on the last day of March",
];
