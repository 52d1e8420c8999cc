using System.Numerics;
using System.Security.Cryptography;

namespace TokenIssuer.Tests.Signing;

/// <summary>Makes RSA keys as the chips of ROCA (CVE-2017-15361) did: each prime is a multiple of M and a power of 65537 modulo M.</summary>
internal static class WeakRsa
{
    private const int Bits = 1024;
    private const int Rounds = 8;

    /// <summary>The product of the first 126 primes, which is M for keys of 2048 bits.</summary>
    private static readonly BigInteger s_m = Enumerable.Range(2, 700).Where(IsSmallPrime).Aggregate(BigInteger.One, (product, prime) => product * prime);

    public static RSA Create()
    {
        BigInteger e = 65537;
        while (true)
        {
            var (p, q) = (NewPrime(), NewPrime());
            var phi = (p - 1) * (q - 1);
            if (p == q || !BigInteger.GreatestCommonDivisor(phi, e).IsOne)
            {
                continue;
            }

            var d = Inverse(e, phi);
            return RSA.Create(new RSAParameters
            {
                Modulus = Write(p * q, Bits * 2),
                Exponent = [1, 0, 1],
                P = Write(p, Bits),
                Q = Write(q, Bits),
                D = Write(d, Bits * 2),
                DP = Write(d % (p - 1), Bits),
                DQ = Write(d % (q - 1), Bits),
                InverseQ = Write(Inverse(q, p), Bits),
            });
        }
    }

    private static BigInteger NewPrime()
    {
        // Both primes in the upper part of their length, so that the modulus has its full length.
        var lowest = (BigInteger.One << (Bits - 1)) + (BigInteger.One << (Bits - 2));
        while (true)
        {
            var power = BigInteger.ModPow(65537, new BigInteger(RandomNumberGenerator.GetBytes(32), isUnsigned: true), s_m);
            var multiple = (lowest / s_m) + RandomNumberGenerator.GetInt32(int.MaxValue);
            var candidate = (multiple * s_m) + power;
            if (candidate > lowest && candidate >> Bits == 0 && IsPrime(candidate))
            {
                return candidate;
            }
        }
    }

    private static bool IsSmallPrime(int number) => Enumerable.Range(2, number - 2).TakeWhile(d => d * d <= number).All(d => number % d != 0);

    /// <summary>Miller and Rabin.</summary>
    private static bool IsPrime(BigInteger number)
    {
        var (odd, twos) = (number - 1, 0);
        while (odd.IsEven)
        {
            (odd, twos) = (odd >> 1, twos + 1);
        }

        for (var round = 0; round < Rounds; round++)
        {
            var x = BigInteger.ModPow(RandomNumberGenerator.GetInt32(2, int.MaxValue), odd, number);
            for (var i = 1; i < twos && !x.IsOne && x != number - 1; i++)
            {
                x = BigInteger.ModPow(x, 2, number);
                if (x.IsOne)
                {
                    return false;
                }
            }

            if (!x.IsOne && x != number - 1)
            {
                return false;
            }
        }

        return true;
    }

    private static BigInteger Inverse(BigInteger number, BigInteger modulus)
    {
        var (r, next, t, nextT) = (modulus, number % modulus, BigInteger.Zero, BigInteger.One);
        while (!next.IsZero)
        {
            var quotient = r / next;
            (r, next) = (next, r - (quotient * next));
            (t, nextT) = (nextT, t - (quotient * nextT));
        }

        return t.Sign < 0 ? t + modulus : t;
    }

    private static byte[] Write(BigInteger number, int bits)
    {
        var bytes = new byte[bits / 8];
        var text = number.ToByteArray(isUnsigned: true, isBigEndian: true);
        text.CopyTo(bytes, bytes.Length - text.Length);
        return bytes;
    }
}
