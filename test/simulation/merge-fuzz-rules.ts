/** The decisions under test, as one value: so that broken ones can be put in their place. */
import { namesOf } from '../../src/sync/beside.ts';
import {
  currentAmong,
  type Ends,
  fieldsAfter,
  lastSet,
  mergeFields,
  type Placed,
  sidesOf,
  stampFields,
  viewOf,
} from '../../src/sync/merge.ts';
import { planApply } from '../../src/sync/units.ts';

export interface Rules {
  readonly currentAmong: <T extends Placed>(versions: readonly T[], ends: Ends) => T[];
  readonly namesOf: typeof namesOf;
  readonly sidesOf: typeof sidesOf;
  readonly lastSet: typeof lastSet;
  readonly mergeFields: typeof mergeFields;
  readonly fieldsAfter: typeof fieldsAfter;
  readonly stampFields: typeof stampFields;
  readonly viewOf: typeof viewOf;
  readonly planApply: typeof planApply;
}

export const REAL_RULES: Rules = {
  currentAmong,
  namesOf,
  sidesOf,
  lastSet,
  mergeFields,
  fieldsAfter,
  stampFields,
  viewOf,
  planApply,
};
