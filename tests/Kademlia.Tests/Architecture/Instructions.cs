using System.Buffers.Binary;
using System.Reflection;
using System.Reflection.Emit;

namespace Kademlia.Tests.Architecture;

/// <summary>Walks the instructions of a compiled method.</summary>
internal static class Instructions
{
    private const byte TwoBytePrefix = 0xfe;

    private static readonly Dictionary<short, OpCode> OpCodesByValue = typeof(OpCodes).GetFields()
        .Select(field => (OpCode)field.GetValue(null)!)
        .ToDictionary(code => code.Value);

    /// <summary>Every type, field and method that the method's instructions name.</summary>
    public static IEnumerable<MemberInfo> MembersNamedBy(MethodBase method)
    {
        byte[] code = method.GetMethodBody()?.GetILAsByteArray() ?? [];
        for (int at = 0; at < code.Length;)
        {
            OpCode instruction = OpCodesByValue[ValueAt(code, at)];
            at += instruction.Size;
            if (instruction.OperandType is OperandType.InlineField or OperandType.InlineMethod
                or OperandType.InlineTok or OperandType.InlineType)
            {
                yield return Resolve(method, BinaryPrimitives.ReadInt32LittleEndian(code.AsSpan(at)));
            }

            at += OperandLength(instruction, code.AsSpan(at));
        }
    }

    private static short ValueAt(byte[] code, int at) =>
        code[at] == TwoBytePrefix ? BinaryPrimitives.ReadInt16BigEndian(code.AsSpan(at)) : code[at];

    private static int OperandLength(OpCode instruction, ReadOnlySpan<byte> operand) => instruction.OperandType switch
    {
        OperandType.InlineNone => 0,
        OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
        OperandType.InlineVar => 2,
        OperandType.InlineI8 or OperandType.InlineR => 8,
        OperandType.InlineSwitch => 4 + (4 * BinaryPrimitives.ReadInt32LittleEndian(operand)),
        _ => 4,
    };

    private static MemberInfo Resolve(MethodBase method, int token) => method.Module.ResolveMember(
        token,
        method.DeclaringType?.GetGenericArguments(),
        method.IsGenericMethod ? method.GetGenericArguments() : null)!;
}
