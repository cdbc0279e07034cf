/** A setting that is chosen among common values, or typed where none of them fits. */
import { useState } from 'react';
import { Select } from '../../ui/select.tsx';
import type { ControlProps } from './control-props.ts';
import type { Choice } from './setting-words.ts';
import { TypedControl } from './typed-control.tsx';

/** Stands for typing another value; no setting has it. */
const OTHER = 'other…';

interface ChoiceControlProps extends ControlProps {
  readonly choices: readonly Choice[];
}

export function ChoiceControl({ choices, ...props }: ChoiceControlProps) {
  const { setting, labelledBy, onChange } = props;
  const [isTyping, setTyping] = useState(false);
  if (isTyping) return <TypedControl {...props} onDone={() => setTyping(false)} />;
  const isListed = choices.some(({ value }) => value === setting.value);
  const own = isListed ? [] : [{ value: setting.value, words: setting.value }];
  return (
    <Select
      labelledBy={labelledBy}
      value={setting.value}
      choices={[...own, ...choices, { value: OTHER, words: 'Another value…' }]}
      onChange={(value) => {
        if (value === OTHER) setTyping(true);
        else onChange(value);
      }}
    />
  );
}
