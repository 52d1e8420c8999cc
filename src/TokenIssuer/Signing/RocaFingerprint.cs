using System.Numerics;

namespace TokenIssuer.Signing;

/// <summary>
/// Recognises RSA moduli of the chips that made their primes from powers of 65537 (ROCA, CVE-2017-15361): such a key can be
/// factored. Modulo each small prime such a modulus is a power of 65537 as well, which of other keys hardly one in 10^40 is.
/// </summary>
internal static class RocaFingerprint
{
    private const int Generator = 65537;

    /// <summary>The chips multiplied at least the primes up to here together for keys of 1984 bits and more.</summary>
    private const int LargestPrime = 701;

    private static readonly int[] s_primes = [.. Enumerable.Range(3, LargestPrime - 2).Where(IsPrime)];

    /// <param name="modulus">Big endian, without a sign.</param>
    public static bool IsOn(ReadOnlySpan<byte> modulus)
    {
        var number = new BigInteger(modulus, isUnsigned: true, isBigEndian: true);
        foreach (var prime in s_primes)
        {
            if (!IsPowerOfGenerator((int)(number % prime), prime))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsPowerOfGenerator(int residue, int prime)
    {
        var power = 1;
        do
        {
            if (power == residue)
            {
                return true;
            }

            power = power * (Generator % prime) % prime;
        }
        while (power != 1);
        return false;
    }

    private static bool IsPrime(int number) => Enumerable.Range(2, number - 2).TakeWhile(d => d * d <= number).All(d => number % d != 0);
}
