/** A step that is filled in and sent off, with a way back to the one before. */
import type { ComponentProps } from 'react';
import { Form } from '../../ui/form.tsx';
import { Step } from './step.tsx';

type FormProps = Pick<
  ComponentProps<typeof Form>,
  'submit' | 'isBusy' | 'error' | 'onSubmit' | 'children'
>;

type StepFormProps = FormProps &
  Pick<ComponentProps<typeof Step>, 'title' | 'words'> & { readonly onBack: () => void };

export function StepForm({ title, words, onBack, ...form }: StepFormProps) {
  return (
    <Step title={title} words={words}>
      <Form {...form} onCancel={onBack} cancel="Back" />
    </Step>
  );
}
