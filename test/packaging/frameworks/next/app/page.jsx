import { readAtBuild } from '../server.mjs';
import { Digits } from './digits.jsx';

export default async function Page() {
  return (
    <>
      <p>read when it was built: {await readAtBuild('public')}</p>
      <Digits />
    </>
  );
}
