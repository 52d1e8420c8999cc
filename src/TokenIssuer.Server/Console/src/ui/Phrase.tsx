import { Field } from './Field.js';

interface Props {
  readonly phrase: string;
  readonly value: string;
  readonly onValue: (value: string) => void;
  readonly focused?: boolean;
}

/** Has to be typed before what cannot be taken back is done. */
export function Phrase({ phrase, ...field }: Props) {
  return (
    <Field
      label={
        <>
          Type <code>{phrase}</code> to confirm
        </>
      }
      {...field}
    />
  );
}
