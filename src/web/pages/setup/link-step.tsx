/** One more device by a link that another one shows, and the code that was told with it. */
import { useState } from 'react';
import type { Answer } from '../../api/client.ts';
import { useAction, useAnswer } from '../../api/queries.ts';
import { TextField } from '../../ui/field.tsx';
import { InsecureTls } from '../bucket-choice/insecure-tls.tsx';
import { StepForm } from '../bucket-choice/step-form.tsx';
import { FILL_IN } from '../bucket-choice/way-in.tsx';
import { DeviceName } from './device-name.tsx';

interface LinkStepProps {
  readonly onBegin: () => void;
  readonly onMade: (made: Answer<'joinLink'>) => void;
  readonly onBack: () => void;
}

export function LinkStep({ onBegin, onMade, onBack }: LinkStepProps) {
  const { data } = useAnswer('providers', {});
  const [link, setLink] = useState('');
  const [code, setCode] = useState('');
  const [typedName, setTypedName] = useState<string>();
  const [insecureTls, setInsecureTls] = useState(false);
  const [isTried, setTried] = useState(false);
  const { mutate, isPending, error } = useAction('joinLink', onMade);
  const device = typedName ?? data?.deviceName ?? '';
  const isBlank = (text: string): boolean => text.trim() === '';
  const errorOf = (text: string) => (isTried && isBlank(text) ? FILL_IN : undefined);
  const submit = (): void => {
    setTried(true);
    if ([link, code, device].some(isBlank)) return;
    onBegin();
    const wish = { link: link.trim(), code: code.trim(), device: device.trim(), insecureTls };
    mutate(wish);
  };
  return (
    <StepForm
      title="Join by a link"
      words="On a device that is set up already, “Link a device” shows a link and a code. They work once, and for 15 minutes."
      submit="Join"
      isBusy={isPending}
      error={error}
      onSubmit={submit}
      onBack={onBack}
    >
      <TextField
        label="The link"
        help="From “satchel:” to its end"
        value={link}
        onChange={(event) => setLink(event.target.value)}
        error={errorOf(link)}
        autoComplete="off"
        spellCheck={false}
      />
      <TextField
        label="The code"
        help="Eight letters and digits"
        value={code}
        onChange={(event) => setCode(event.target.value)}
        error={errorOf(code)}
        autoComplete="off"
        autoCapitalize="characters"
        spellCheck={false}
      />
      <DeviceName name={device} onChange={setTypedName} isTried={isTried} />
      <InsecureTls isAllowed={insecureTls} onChange={setInsecureTls} />
    </StepForm>
  );
}
