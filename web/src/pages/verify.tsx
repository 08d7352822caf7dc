import { Station } from '@/features/verify/Station'

export default function VerifyPage() {
  return <Station />
}
