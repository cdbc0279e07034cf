/** What this device is to be called, as every way to set it up asks. */
import { TextField } from '../../ui/field.tsx';
import { FILL_IN } from '../bucket-choice/way-in.tsx';

interface DeviceNameProps {
  readonly name: string;
  readonly onChange: (name: string) => void;
  /** True once the form was sent off. */
  readonly isTried: boolean;
}

export function DeviceName({ name, onChange, isTried }: DeviceNameProps) {
  return (
    <TextField
      label="What is this device called?"
      value={name}
      maxLength={60}
      onChange={(event) => onChange(event.target.value)}
      error={isTried && name.trim() === '' ? FILL_IN : undefined}
      autoComplete="off"
    />
  );
}
