import { describe, expect, it } from 'vitest';
import { asCorrection, mattersFor } from '../../../static/src/records/envelope';
import type { Matter } from '../../../static/src/records/shapes';

const matters = [{ code: 'A', data_class: 'N' }, { code: 'B', data_class: 'P' }, { code: 'S', data_class: 'S' }] as Matter[];
const codes = (told: string | undefined) => mattersFor(matters, told === undefined ? undefined : { base_version: 1, before: { matter_code: told } }).map((one) => one.code);

describe('the matter of a record that is corrected', () => {
  it('moves among ordinary ones or among sensitive ones, never between', () => {
    expect([codes('A'), codes('S'), codes(undefined), codes('withdrawn')]).toEqual([['A', 'B'], ['S'], ['A', 'B', 'S'], ['A', 'B', 'S']]);
  });
  it('is told when it was chosen anew, and never as nothing', () => {
    expect(asCorrection({ matter_code: 'B' })).toEqual({ matter_code: 'B' });
    expect(asCorrection({ matter_code: null })).toBeUndefined();
  });
});
