/** A dialog with something to fill in. */
import { type ReactNode, useState } from 'react';
import { Dialog } from '../../ui/dialog.tsx';
import { Form } from '../../ui/form.tsx';

interface FormDialogProps {
  readonly title: string;
  readonly onClose: () => void;
  /** What the button says that does it. */
  readonly submit: string;
  /** What is not filled in yet, in words. */
  readonly missing: string | undefined;
  readonly isBusy: boolean;
  readonly error: Error | null;
  readonly onSubmit: () => void;
  readonly children: ReactNode;
}

export function FormDialog(props: FormDialogProps) {
  const { title, onClose, submit, missing, isBusy, error, onSubmit, children } = props;
  const [isAsked, setAsked] = useState(false);
  const lack = isAsked && missing !== undefined ? new Error(missing) : null;
  const tryIt = (): void => {
    setAsked(true);
    if (missing === undefined) onSubmit();
  };
  return (
    <Dialog title={title} isOpen onOpenChange={(isOpen) => isOpen || onClose()}>
      <Form
        submit={submit}
        isBusy={isBusy}
        error={lack ?? error}
        onSubmit={tryIt}
        onCancel={onClose}
      >
        {children}
      </Form>
    </Dialog>
  );
}
