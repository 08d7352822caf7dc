import { Shops } from '@/features/settings/Shops'

export default function ShopsPage() {
  return <Shops />
}
