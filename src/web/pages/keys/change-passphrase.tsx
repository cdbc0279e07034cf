/** A new passphrase, in place of those there are or beside them. */
import { useState } from 'react';
import { useAct } from '../../frame/use-act.ts';
import { NewPassphrase, PresentPassphrase } from '../../secrets/passphrase-fields.tsx';
import { passphraseProblem } from '../../secrets/passphrase-words.ts';
import { Check } from '../../ui/field.tsx';
import { Form } from '../../ui/form.tsx';
import { passphraseWords } from './key-words.ts';

export function ChangePassphrase({ onDone }: { readonly onDone: () => void }) {
  const { act, isBusy, error } = useAct('addPassphrase', { isForm: true });
  const [present, setPresent] = useState('');
  const [chosen, setChosen] = useState({ first: '', again: '' });
  const [isBeside, setBeside] = useState(false);
  const [problem, setProblem] = useState<string>();
  const submit = (): void => {
    const found = passphraseProblem(chosen);
    setProblem(found);
    if (found !== undefined) return;
    const input = { present, passphrase: chosen.first, replace: !isBeside };
    act(input, { words: passphraseWords, onDone });
  };
  return (
    <Form
      submit="Change the passphrase"
      isBusy={isBusy}
      error={error}
      onSubmit={submit}
      onCancel={onDone}
    >
      <PresentPassphrase value={present} onChange={setPresent} />
      <NewPassphrase value={chosen} onChange={setChosen} error={problem} />
      <Check
        label="Keep the other passphrases"
        help="Otherwise they open nothing any more. The recovery key stays either way."
        isChecked={isBeside}
        onChange={setBeside}
      />
    </Form>
  );
}
