import { expect, it } from 'vitest';
import { createStepUp, StepUpRefused } from '../src/api/stepUp.js';

it('asks once for all calls that wait, and lets all of them go on', async () => {
  const shown: boolean[] = [];
  const stepUp = createStepUp((open) => shown.push(open));

  const waiting = Promise.all([stepUp.request(), stepUp.request()]);
  stepUp.answer();
  await waiting;

  expect(shown).toEqual([true, false]);
});

it('tells every call when the question was closed, and asks anew next time', async () => {
  const shown: boolean[] = [];
  const stepUp = createStepUp((open) => shown.push(open));

  const first = stepUp.request();
  stepUp.refuse();
  await expect(first).rejects.toBeInstanceOf(StepUpRefused);
  const second = stepUp.request();
  stepUp.answer();
  await second;

  expect(shown).toEqual([true, false, true, false]);
});
