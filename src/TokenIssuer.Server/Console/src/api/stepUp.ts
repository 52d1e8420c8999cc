/** A question to the administrator that several calls may wait for: asked once, answered for all. */
export interface StepUp {
  /** Resolves when the password was given again; rejects with `StepUpRefused` when the question was closed. */
  readonly request: () => Promise<void>;
  readonly answer: () => void;
  readonly refuse: () => void;
}

export class StepUpRefused extends Error {
  override readonly name = 'StepUpRefused';

  constructor() {
    super('Nothing was done: the password was not confirmed.');
  }
}

export function createStepUp(show: (open: boolean) => void): StepUp {
  let waiting: PromiseWithResolvers<void> | undefined;

  function settle(): PromiseWithResolvers<void> | undefined {
    const settled = waiting;
    waiting = undefined;
    show(false);
    return settled;
  }

  return {
    request() {
      if (!waiting) {
        waiting = withResolvers();
        show(true);
      }
      return waiting.promise;
    },
    answer: () => settle()?.resolve(),
    refuse: () => settle()?.reject(new StepUpRefused()),
  };
}

interface PromiseWithResolvers<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (reason: unknown) => void;
}

/** `Promise.withResolvers`, for browsers that lack it. */
function withResolvers(): PromiseWithResolvers<void> {
  let resolve = () => {};
  let reject = (_: unknown) => {};
  const promise = new Promise<void>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}
