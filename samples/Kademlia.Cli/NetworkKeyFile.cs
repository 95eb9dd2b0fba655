using System.Text;

namespace Kademlia.Cli;

/// <summary>Reads the key of a private network: 32 bytes as they are, or as 64 hexadecimal digits.</summary>
internal static class NetworkKeyFile
{
    private const int KeyLength = 32;
    private const int TextLength = 2 * KeyLength;

    /// <summary>Room for a line end and some space around the digits.</summary>
    private const int MaxLength = TextLength + 16;

    public static ReadOnlyMemory<byte> Read(string path)
    {
        byte[]? bytes = InputFile.ReadUpTo(MaxLength, path);
        return bytes?.Length == KeyLength ? bytes : ParseDigits(bytes)
            ?? throw new CliException(
                ExitCode.WrongUsage,
                $"The network key file {path} must hold {KeyLength} bytes or {TextLength} hexadecimal digits; "
                + $"`openssl rand -hex {KeyLength}` makes one.");
    }

    private static byte[]? ParseDigits(byte[]? text)
    {
        string digits = Encoding.ASCII.GetString(text ?? []).Trim();
        return digits.Length == TextLength && digits.All(char.IsAsciiHexDigit) ? Convert.FromHexString(digits) : null;
    }
}
