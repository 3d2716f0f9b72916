/**
 * Environment of a process that runs steps, for glibc's allocator: it keeps freed blocks instead of giving them back to
 * the system and faulting them in again at every step. Read at a process's start only, so a parent sets it; other C
 * libraries ignore it. A step of 5.3 M parameters: 564 -> 528 ms.
 */
export const allocatorEnvironment: Readonly<Record<string, string>> = {
  MALLOC_MMAP_THRESHOLD_: '4000000000',
  MALLOC_TRIM_THRESHOLD_: '8000000000',
  MALLOC_TOP_PAD_: '268435456',
};
