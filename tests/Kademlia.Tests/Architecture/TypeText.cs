using System.Reflection;

namespace Kademlia.Tests.Architecture;

/// <summary>Writes types as C# does: <c>IReadOnlyList&lt;Contact?&gt;</c>, <c>int</c>.</summary>
internal static class TypeText
{
    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(void)] = "void",
        [typeof(object)] = "object",
        [typeof(string)] = "string",
        [typeof(bool)] = "bool",
        [typeof(byte)] = "byte",
        [typeof(char)] = "char",
        [typeof(ushort)] = "ushort",
        [typeof(int)] = "int",
        [typeof(uint)] = "uint",
        [typeof(long)] = "long",
        [typeof(ulong)] = "ulong",
        [typeof(double)] = "double",
    };

    /// <summary>A type without what is known of its nullability.</summary>
    public static string Of(Type type) => Of(type, null);

    /// <summary>A type with its question marks, where <paramref name="nullability"/> knows them.</summary>
    public static string Of(Type type, NullabilityInfo? nullability)
    {
        if (Nullable.GetUnderlyingType(type) is { } underlying)
        {
            return Of(underlying, nullability?.GenericTypeArguments.FirstOrDefault()) + "?";
        }

        bool isNullable = !type.IsValueType && nullability?.ReadState == NullabilityState.Nullable;
        return Plain(type, nullability) + (isNullable ? "?" : "");
    }

    private static string Plain(Type type, NullabilityInfo? nullability)
    {
        if (type.IsArray)
        {
            return Of(type.GetElementType()!, nullability?.ElementType) + "[]";
        }

        return type.HasElementType ? Of(type.GetElementType()!, nullability?.ElementType)
            : type.IsGenericType ? Generic(type, nullability)
            : Keywords.GetValueOrDefault(type, NestedName(type));
    }

    private static string Generic(Type type, NullabilityInfo? nullability)
    {
        IEnumerable<string> arguments = type.GetGenericArguments()
            .Select((argument, i) => Of(argument, nullability?.GenericTypeArguments.ElementAtOrDefault(i)));
        return $"{NestedName(type).Split('`')[0]}<{string.Join(", ", arguments)}>";
    }

    private static string NestedName(Type type) =>
        type is { IsNested: true, IsGenericParameter: false } ? $"{NestedName(type.DeclaringType!)}.{type.Name}" : type.Name;
}
