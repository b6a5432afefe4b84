// Imported first: without windows beside it, a test has nobody to tell; and node would wait for an answer for ever.
delete (globalThis as { BroadcastChannel?: unknown }).BroadcastChannel;
