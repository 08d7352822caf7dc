import { Station } from '@/features/verify/Station'

export default function WeighPage() {
  return <Station weighing />
}
