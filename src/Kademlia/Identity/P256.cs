using System.Globalization;
using System.Numerics;

namespace Kademlia.Identity;

/// <summary>The arithmetic of the curve P-256 that the platform leaves to its callers.</summary>
/// <remarks>
/// Constants: FIPS 186-5 and SP 800-186, section 3.2.1.3. All values here are public, so time may depend on them.
/// Every public key and signature that passes these checks is one that the platform takes without an exception.
/// </remarks>
internal static class P256
{
    private const int WordLength = 32;

    private static readonly BigInteger Prime = Hex("ffffffff00000001000000000000000000000000ffffffffffffffffffffffff");
    private static readonly BigInteger B = Hex("5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b");
    private static readonly BigInteger Order = Hex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
    private static readonly BigInteger HalfOrder = Order >> 1;

    /// <summary>Whether 64 bytes are the coordinates of a point: y² = x³ - 3x + b. The curve has no point outside the right subgroup.</summary>
    public static bool IsPoint(ReadOnlySpan<byte> publicKey)
    {
        if (publicKey.Length != NodeIdentity.PublicKeyLength)
        {
            return false;
        }

        BigInteger x = Read(publicKey[..WordLength]);
        BigInteger y = Read(publicKey[WordLength..]);
        return x < Prime && y < Prime && ((y * y) - (((x * x) - 3) * x) - B) % Prime == 0;
    }

    /// <summary>Whether 64 bytes are r and s within their ranges, s in the lower half: of the two valid forms of a signature, one.</summary>
    public static bool IsCanonical(ReadOnlySpan<byte> signature)
    {
        if (signature.Length != NodeIdentity.SignatureLength)
        {
            return false;
        }

        BigInteger r = Read(signature[..WordLength]);
        BigInteger s = Read(signature[WordLength..]);
        return r > 0 && r < Order && s > 0 && s <= HalfOrder;
    }

    /// <summary>Brings s into the lower half. Whoever can see a signature can make the other form of it; only this one is accepted.</summary>
    public static void Canonicalize(Span<byte> signature)
    {
        BigInteger s = Read(signature[WordLength..]);
        if (s > HalfOrder)
        {
            Write(Order - s, signature[WordLength..]);
        }
    }

    private static BigInteger Read(ReadOnlySpan<byte> bytes) => new(bytes, isUnsigned: true, isBigEndian: true);

    private static void Write(BigInteger value, Span<byte> destination)
    {
        int length = value.GetByteCount(isUnsigned: true);
        destination.Clear();
        value.TryWriteBytes(destination[^length..], out _, isUnsigned: true, isBigEndian: true);
    }

    private static BigInteger Hex(string digits) =>
        BigInteger.Parse("0" + digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
